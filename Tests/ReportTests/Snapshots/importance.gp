# Draws importance.svg and importance.png: gnuplot importance.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
19.59096 4.0
END
$data1 << END
5.382131 3.0
END
$data2 << END
5.274489 2.0
END
$data3 << END
69.75242 1.0
END
set lmargin at screen 0.1822222
set rmargin at screen 0.9666667
set bmargin at screen 0.33213
set tmargin at screen 0.8586041
set label 900 'lr explains 20 % of the variance' at screen 0.01555556, screen 0.9338147 noenhanced left textcolor rgb '#222222'
set label 901 'share of the variance (%)' at screen 0.5744444, screen 0.1606498 noenhanced center textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.1155235 left top Left reverse noenhanced samplen 2 vertical maxrows 1 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xtics ('0' 0.0, '20' 20.0, '40' 40.0, '60' 60.0, '80' 80.0) noenhanced
set xrange [0.0:82.30786]
set ytics scale 0 ('seeds' 1.0, 'd_model' 2.0, 'd_model × lr' 3.0, 'lr' 4.0) noenhanced
set yrange [0.4:4.6]
set grid xtics linecolor rgb '#dddddd' linetype 1
set label 1 '19.6 %' at 19.59096,4.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set label 2 '5.4 %' at 5.382131,3.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set label 3 '5.3 %' at 5.274489,2.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set label 4 '69.8 %' at 69.75242,1.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
m = 0.7
set terminal svg size 720,266 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'importance.svg'
plot $data0 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#0072b2' linecolor rgb '#0072b2' fillstyle solid noborder notitle, \
  $data1 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#d55e00' linecolor rgb '#d55e00' fillstyle solid noborder notitle, \
  $data2 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#0072b2' linecolor rgb '#0072b2' fillstyle solid noborder notitle, \
  $data3 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#666666' linecolor rgb '#666666' fillstyle solid noborder notitle, \
  keyentry with boxxyerror fillcolor rgb '#0072b2' linecolor rgb '#0072b2' fillstyle solid noborder title 'an axis by itself' noenhanced, \
  keyentry with boxxyerror fillcolor rgb '#d55e00' linecolor rgb '#d55e00' fillstyle solid noborder title 'two axes together' noenhanced
m = 1
set terminal pngcairo size 1440,532 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'importance.png'
replot
set output
