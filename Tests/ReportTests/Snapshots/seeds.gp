# Draws seeds.svg and seeds.png: gnuplot seeds.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
2.125 6.0 1.314 3.713276
END
$data1 << END
2.0 6.0
2.25 6.0
END
$data2 << END
2.125 6.0
END
$data3 << END
2.375 5.0 1.314 3.825
END
$data4 << END
2.25 5.0
2.5 5.0
END
$data5 << END
2.375 5.0
END
$data6 << END
2.5 4.0 1.314 3.825
END
$data7 << END
2.375 4.0
2.625 4.0
END
$data8 << END
2.5 4.0
END
$data9 << END
2.625 3.0 1.314 3.825
END
$data10 << END
2.5 3.0
2.75 3.0
END
$data11 << END
2.625 3.0
END
$data12 << END
3.25 2.0 1.314 3.825
END
$data13 << END
3.0 2.0
3.5 2.0
END
$data14 << END
3.25 2.0
END
$data15 << END
1.5 1.0
END
$data16 << END
1.5 1.0
END
$data17 << END
3.787335 1.0
END
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 5 maxcols 1 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'final validation loss (nats per token)' noenhanced textcolor rgb '#222222'
set xrange [1.314:3.825]
set ytics ('d_model 128, lr 0.001' 6.0, 'd_model 32, lr 0.01' 5.0, 'd_model 128, lr 0.01' 4.0, 'd_model 32, lr 0.001' 3.0, 'd_model 32, lr 0.1' 2.0, 'd_model 128, lr 0.1' 1.0) noenhanced
set yrange [0.3:6.7]
set grid xtics linecolor rgb '#dddddd' linetype 1
set terminal svg size 800,392 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'seeds.svg'
plot $data0 using 1:2:3:4 with xerrorbars linecolor rgb '#7ad151' linewidth 2 pointtype 0 notitle, \
  $data1 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  $data2 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1 notitle, \
  $data3 using 1:2:3:4 with xerrorbars linecolor rgb '#440154' linewidth 2 pointtype 0 notitle, \
  $data4 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data5 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1 notitle, \
  $data6 using 1:2:3:4 with xerrorbars linecolor rgb '#7ad151' linewidth 2 pointtype 0 notitle, \
  $data7 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  $data8 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1 notitle, \
  $data9 using 1:2:3:4 with xerrorbars linecolor rgb '#440154' linewidth 2 pointtype 0 notitle, \
  $data10 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data11 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1 notitle, \
  $data12 using 1:2:3:4 with xerrorbars linecolor rgb '#440154' linewidth 2 pointtype 0 notitle, \
  $data13 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data14 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1 notitle, \
  $data15 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  $data16 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1 notitle, \
  $data17 using 1:2 with points linecolor rgb '#7ad151' pointtype 9 pointsize 1 notitle, \
  keyentry with points linecolor rgb '#440154' pointtype 7 pointsize 1.1 title 'd_model 32' noenhanced, \
  keyentry with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1 title 'd_model 128' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 6 pointsize 0.6 title 'seeds' noenhanced, \
  keyentry with lines linecolor rgb '#666666' linewidth 2 title '95 % interval of the mean' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 9 pointsize 1 title 'diverged or off the chart' noenhanced
set terminal pngcairo size 1200,588 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'seeds.png'
replot
set output
