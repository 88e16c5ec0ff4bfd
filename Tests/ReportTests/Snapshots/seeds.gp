# Draws seeds.svg and seeds.png: gnuplot seeds.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
2.125 6.0 0.5367244 3.713276
END
$data1 << END
2.375 5.0 0.7867244 3.963276
END
$data2 << END
2.5 4.0 0.9117244 4.088276
END
$data3 << END
2.625 3.0 1.036724 4.213276
END
$data4 << END
3.25 2.0 0.4367244 4.313276
END
$data5 << END
2.0 6.0
2.25 6.0
END
$data6 << END
2.125 6.0
END
$data7 << END
2.25 5.0
2.5 5.0
END
$data8 << END
2.375 5.0
END
$data9 << END
2.375 4.0
2.625 4.0
END
$data10 << END
2.5 4.0
END
$data11 << END
2.5 3.0
2.75 3.0
END
$data12 << END
2.625 3.0
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
4.255127 1.0
END
$data18 << END
0.4367244 2.0
4.313276 2.0
END
set lmargin at screen 0.3022222
set rmargin at screen 0.9666667
set bmargin at screen 0.4053679
set tmargin at screen 0.891254
set label 900 'd_model 128, lr 0.001 is lowest: 2.12 ± 0.18 (2)' at screen 0.01555556, screen 0.9490976 noenhanced left textcolor rgb '#222222'
set label 901 'final validation loss (nats per token)' at screen 0.6344444, screen 0.2734845 noenhanced center textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.2387783 left top Left reverse noenhanced samplen 2 vertical maxrows 3 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xtics ('1' 1.0, '2' 2.0, '3' 3.0, '4' 4.0) noenhanced
set xrange [0.4367244:4.313276]
set ytics scale 0 ('d_model 128, lr 0.1' 1.0, 'd_model 32, lr 0.1' 2.0, 'd_model 32, lr 0.001' 3.0, 'd_model 128, lr 0.01' 4.0, 'd_model 32, lr 0.01' 5.0, 'd_model 128, lr 0.001' 6.0) noenhanced
set yrange [0.4:6.6]
set grid xtics linecolor rgb '#dddddd' linetype 1
m = 0.7
set terminal svg size 720,346 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'seeds.svg'
plot $data0 using 1:2:3:4 with xerrorbars linecolor rgb '#7ad151' linewidth 2 pointtype 0 notitle, \
  $data1 using 1:2:3:4 with xerrorbars linecolor rgb '#440154' linewidth 2 pointtype 0 notitle, \
  $data2 using 1:2:3:4 with xerrorbars linecolor rgb '#7ad151' linewidth 2 pointtype 0 notitle, \
  $data3 using 1:2:3:4 with xerrorbars linecolor rgb '#440154' linewidth 2 pointtype 0 notitle, \
  $data4 using 1:2:3:4 with xerrorbars linecolor rgb '#440154' linewidth 2 pointtype 0 notitle, \
  $data5 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.75*m notitle, \
  $data6 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1*m notitle, \
  $data7 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.75*m notitle, \
  $data8 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1*m notitle, \
  $data9 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.75*m notitle, \
  $data10 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1*m notitle, \
  $data11 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.75*m notitle, \
  $data12 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1*m notitle, \
  $data13 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.75*m notitle, \
  $data14 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1*m notitle, \
  $data15 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.75*m notitle, \
  $data16 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1*m notitle, \
  $data17 using 1:2 with points linecolor rgb '#7ad151' pointtype 9 pointsize 1*m notitle, \
  $data18 using 1:2 with points linecolor rgb '#666666' linewidth 2 pointtype 2 pointsize 0.8*m notitle, \
  keyentry with points linecolor rgb '#666666' pointtype 7 pointsize 1.1*m title 'mean' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 6 pointsize 0.75*m title 'a seed' noenhanced, \
  keyentry with lines linecolor rgb '#666666' linewidth 2 title '95 % interval' noenhanced, \
  keyentry with points linecolor rgb '#666666' linewidth 2 pointtype 2 pointsize 0.8*m title 'goes on beyond the chart' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 9 pointsize 1*m title 'diverged or beyond the chart' noenhanced
m = 1
set terminal pngcairo size 1440,692 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'seeds.png'
replot
set output
