# Draws loss-by-lr.svg and loss-by-lr.png: gnuplot loss-by-lr.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
0.001 2.448223 2.801777
0.01 2.198223 2.551777
0.1 2.896447 3.603553
END
$data1 << END
0.001 2.625
0.01 2.375
0.1 3.25
END
$data2 << END
0.001 2.5
0.001 2.75
0.01 2.25
0.01 2.5
0.1 3.0
0.1 3.5
END
$data3 << END
0.01 2.375
END
$data4 << END
0.001 1.948223 2.301777
0.01 2.323223 2.676777
0.1 1.5 1.5
END
$data5 << END
0.001 2.125
0.01 2.5
0.1 1.5
END
$data6 << END
0.001 2.0
0.001 2.25
0.01 2.375
0.01 2.625
0.1 1.5
END
$data7 << END
0.001 2.125
END
$data11 << END
0.1 3.669376
END
set lmargin at screen 0.1
set rmargin at screen 0.8044444
set bmargin at screen 0.2231947
set tmargin at screen 0.9265395
set label 900 'Best lr: 0.01 for d_model 32, 0.001 (the lowest tried) for d_model 128' at screen 0.01555556, screen 0.9656143 noenhanced left textcolor rgb '#222222'
set label 901 'learning rate' at screen 0.4522222, screen 0.1341044 noenhanced center textcolor rgb '#222222'
set label 902 'final validation loss (nats per token)' at screen 0.02111111, screen 0.5748671 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.1106596 left top Left reverse noenhanced samplen 2 vertical maxrows 2 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set logscale x
set xtics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1) noenhanced
set xrange [0.0007692308:0.13]
set ytics ('1.5' 1.5, '2.0' 2.0, '2.5' 2.5, '3.0' 3.0, '3.5' 3.5) noenhanced
set yrange [1.38:3.7]
set grid  linecolor rgb '#dddddd' linetype 1
set arrow 1 from 0.1,1.5 to screen 0.8222222, screen 0.2595747 nohead linecolor rgb '#7ad151' linewidth 1 dashtype 3
set label 1000 '' at screen 0.8222222, screen 0.2595747 point linetype 1 linecolor rgb '#7ad151' pointtype 7 pointsize 1
set label 1001 'd_model 128' at screen 0.8377778, screen 0.2595747 left noenhanced textcolor rgb '#222222'
set arrow 2 from 0.1,3.25 to screen 0.8222222, screen 0.7901149 nohead linecolor rgb '#440154' linewidth 1 dashtype 3
set label 1002 '' at screen 0.8222222, screen 0.7901149 point linetype 1 linecolor rgb '#440154' pointtype 7 pointsize 1
set label 1003 'd_model 32' at screen 0.8377778, screen 0.7901149 left noenhanced textcolor rgb '#222222'
m = 0.7
set terminal svg size 720,512 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'loss-by-lr.svg'
plot $data0 using 1:2:3 with filledcurves fillcolor rgb '#b8440154' notitle, \
  $data1 using 1:2 with linespoints linecolor rgb '#440154' linewidth 2 pointtype 7 pointsize 0.6*m notitle, \
  $data2 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.75*m notitle, \
  $data3 using 1:2 with points linecolor rgb '#440154' linewidth 2 pointtype 6 pointsize 2.2*m notitle, \
  $data4 using 1:2:3 with filledcurves fillcolor rgb '#b87ad151' notitle, \
  $data5 using 1:2 with linespoints linecolor rgb '#7ad151' linewidth 2 pointtype 7 pointsize 0.6*m notitle, \
  $data6 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.75*m notitle, \
  $data7 using 1:2 with points linecolor rgb '#7ad151' linewidth 2 pointtype 6 pointsize 2.2*m notitle, \
  keyentry with points linecolor rgb '#666666' linewidth 2 pointtype 6 pointsize 2.2*m title 'best tried' noenhanced, \
  keyentry with filledcurves fillcolor rgb '#b8666666' title '± one standard deviation' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 6 pointsize 0.75*m title 'a seed' noenhanced, \
  $data11 using 1:2 with points linecolor rgb '#7ad151' pointtype 9 pointsize 1*m notitle, \
  keyentry with points linecolor rgb '#666666' pointtype 9 pointsize 1*m title 'diverged or above the chart' noenhanced
m = 1
set terminal pngcairo size 1440,1024 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'loss-by-lr.png'
replot
set output
