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
0.1 3.775236
END
$data13 << END
0.0007692308 0.25
0.13 0.25
END
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 4 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'learning rate' noenhanced textcolor rgb '#222222'
set logscale x
set format x '%g'
set xtics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1) noenhanced
set xrange [0.0007692308:0.13]
set ylabel 'final validation loss (nats per token)' noenhanced textcolor rgb '#222222'
set yrange [0.055:3.825]
set grid  linecolor rgb '#dddddd' linetype 1
set terminal svg size 800,556 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'loss-by-lr.svg'
plot $data0 using 1:2:3 with filledcurves fillcolor rgb '#b8440154' notitle, \
  $data1 using 1:2 with linespoints linecolor rgb '#440154' linewidth 2 pointtype 7 pointsize 0.6 title 'd_model 32' noenhanced, \
  $data2 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data3 using 1:2 with points linecolor rgb '#440154' linewidth 2 pointtype 6 pointsize 2.2 notitle, \
  $data4 using 1:2:3 with filledcurves fillcolor rgb '#b87ad151' notitle, \
  $data5 using 1:2 with linespoints linecolor rgb '#7ad151' linewidth 2 pointtype 7 pointsize 0.6 title 'd_model 128' noenhanced, \
  $data6 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  $data7 using 1:2 with points linecolor rgb '#7ad151' linewidth 2 pointtype 6 pointsize 2.2 notitle, \
  keyentry with points linecolor rgb '#666666' linewidth 2 pointtype 6 pointsize 2.2 title 'best learning rate' noenhanced, \
  keyentry with filledcurves fillcolor rgb '#b8666666' title '± one standard deviation' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 6 pointsize 0.6 title 'seeds' noenhanced, \
  $data11 using 1:2 with points linecolor rgb '#7ad151' pointtype 9 pointsize 1 notitle, \
  keyentry with points linecolor rgb '#666666' pointtype 9 pointsize 1 title 'diverged or off the chart' noenhanced, \
  $data13 using 1:2 with lines linecolor rgb '#666666' linewidth 1.5 dashtype 2 title 'floor of the text' noenhanced
set terminal pngcairo size 1200,834 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'loss-by-lr.png'
replot
set output
