# Draws equal-time.svg and equal-time.png: gnuplot equal-time.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
2.0 3.1875
4.0 3.1875
4.0 2.375

2.0 3.3125
4.0 3.3125
4.0 2.625

2.0 3.625
4.0 3.625
4.0 3.25
END
$data1 << END
2.0 3.0625
4.0 3.0625
4.0 2.125

2.0 3.25
4.0 3.25
4.0 2.5
END
$data2 << END
2.0 3.0625
4.0 3.0625
4.0 2.125
4.0 2.125
4.0 2.125
END
$data3 << END
4.0 2.375
4.0 2.625
4.0 3.25
END
$data4 << END
4.0 2.125
4.0 2.5
END
$data5 << END
4.0 1.861
4.0 3.775
END
set lmargin at screen 0.1133333
set rmargin at screen 0.9666667
set bmargin at screen 0.2231947
set tmargin at screen 0.9265395
set label 900 'After 4 s, the fastest run''s time, d_model 128, lr 0.001 led' at screen 0.01555556, screen 0.9656143 noenhanced left textcolor rgb '#222222'
set label 901 'wall time (s), evaluations and samples included' at screen 0.54, screen 0.1341044 noenhanced center textcolor rgb '#222222'
set label 902 'loss (nats/token)' at screen 0.02111111, screen 0.5748671 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.1106596 left top Left reverse noenhanced samplen 2 vertical maxrows 2 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set logscale x
set xtics ('2' 2.0, '3' 3.0, '4' 4.0) noenhanced
set xrange [1.818182:4.4]
set ytics ('2.00' 2.0, '2.25' 2.25, '2.50' 2.5, '2.75' 2.75, '3.00' 3.0, '3.25' 3.25, '3.50' 3.5, '3.75' 3.75) noenhanced
set yrange [1.861:3.775]
set grid  linecolor rgb '#dddddd' linetype 1
set label 1 'd_model 128, lr 0.001' at 4.0,2.125 right front noenhanced textcolor rgb '#222222' offset -0.6,-0.7
m = 0.7
set terminal svg size 720,512 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'equal-time.svg'
plot $data0 using 1:2 with lines linecolor rgb '#80440154' linewidth 1 notitle, \
  $data1 using 1:2 with lines linecolor rgb '#807ad151' linewidth 1 notitle, \
  $data2 using 1:2 with lines linecolor rgb '#222222' linewidth 3 notitle, \
  $data3 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.75*m notitle, \
  $data4 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.75*m notitle, \
  $data5 using 1:2 with lines linecolor rgb '#666666' linewidth 1.5 dashtype 2 title 'when the fastest run was done' noenhanced, \
  keyentry with lines linecolor rgb '#440154' linewidth 1.5 title 'd_model 32' noenhanced, \
  keyentry with lines linecolor rgb '#7ad151' linewidth 1.5 title 'd_model 128' noenhanced, \
  keyentry with lines linecolor rgb '#222222' linewidth 3 title 'lowest of all' noenhanced
m = 1
set terminal pngcairo size 1440,1024 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'equal-time.png'
replot
set output
