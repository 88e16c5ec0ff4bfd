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
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 1 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'share of the variance (%)' noenhanced textcolor rgb '#222222'
set xrange [0.0:112.0]
set ytics ('lr' 4.0, 'd_model × lr' 3.0, 'd_model' 2.0, 'seeds' 1.0) noenhanced
set yrange [0.4:4.6]
set grid xtics linecolor rgb '#dddddd' linetype 1
set label 1 '19.6 %' at 19.59096,4.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set label 2 '5.4 %' at 5.382131,3.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set label 3 '5.3 %' at 5.274489,2.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set label 4 '69.8 %' at 69.75242,1.0 left front noenhanced textcolor rgb '#222222' offset 0.8,0.0
set terminal svg size 800,320 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'importance.svg'
plot $data0 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#0072b2' linecolor rgb '#0072b2' fillstyle solid noborder notitle, \
  $data1 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#d55e00' linecolor rgb '#d55e00' fillstyle solid noborder notitle, \
  $data2 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#0072b2' linecolor rgb '#0072b2' fillstyle solid noborder notitle, \
  $data3 using ($1/2):2:(0):1:($2-0.34):($2+0.34) with boxxyerror fillcolor rgb '#666666' linecolor rgb '#666666' fillstyle solid noborder notitle, \
  keyentry with boxxyerror fillcolor rgb '#0072b2' linecolor rgb '#0072b2' fillstyle solid noborder title 'an axis by itself' noenhanced, \
  keyentry with boxxyerror fillcolor rgb '#d55e00' linecolor rgb '#d55e00' fillstyle solid noborder title 'two axes together' noenhanced
set terminal pngcairo size 1200,480 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'importance.png'
replot
set output
