# Draws loss-by-tokens.svg and loss-by-tokens.png: gnuplot loss-by-tokens.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
512.0 3.5625
1024.0 3.125
1536.0 2.6875
2048.0 2.25
END
$data1 << END
1024.0 3.5
2048.0 3.0
3072.0 2.5
4096.0 2.0
END
$data2 << END
512.0 3.59375
1024.0 3.1875
1536.0 2.78125
2048.0 2.375
END
$data3 << END
1024.0 3.53125
2048.0 3.0625
3072.0 2.59375
4096.0 2.125
END
$data4 << END
0.0 4.0
1024.0 3.1875
2048.0 2.375
END
$data5 << END
0.0 4.0
2048.0 3.0625
4096.0 2.125
END
set lmargin at screen 0.1
set rmargin at screen 0.6711111
set bmargin at screen 0.2231947
set tmargin at screen 0.9265395
set label 900 'd_model 128, lr 0.001 ends lowest: 2.12 ± 0.18 (2)' at screen 0.01555556, screen 0.9656143 noenhanced left textcolor rgb '#222222'
set label 901 'training tokens' at screen 0.3855556, screen 0.1341044 noenhanced center textcolor rgb '#222222'
set label 902 'loss (nats per token)' at screen 0.02111111, screen 0.5748671 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.1106596 left top Left reverse noenhanced samplen 2 vertical maxrows 2 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xtics ('0' 0.0, '1000' 1000.0, '2000' 2000.0, '3000' 3000.0, '4000' 4000.0) noenhanced
set xrange [0.0:4096.0]
set ytics ('2.2' 2.2, '2.4' 2.4, '2.6' 2.6, '2.8' 2.8, '3.0' 3.0, '3.2' 3.2, '3.4' 3.4, '3.6' 3.6) noenhanced
set yrange [2.036875:3.740625]
set grid  linecolor rgb '#dddddd' linetype 1
set label 1000 '' at screen 0.6888889, screen 0.2595747 point linetype 1 linecolor rgb '#7ad151' pointtype 7 pointsize 1
set label 1001 'd_model 128, lr 0.001' at screen 0.7044444, screen 0.2595747 left noenhanced textcolor rgb '#222222'
set arrow 2 from 2048.0,2.375 to screen 0.6888889, screen 0.3627801 nohead linecolor rgb '#440154' linewidth 1 dashtype 3
set label 1002 '' at screen 0.6888889, screen 0.3627801 point linetype 1 linecolor rgb '#440154' pointtype 7 pointsize 1
set label 1003 'd_model 32, lr 0.01' at screen 0.7044444, screen 0.3627801 left noenhanced textcolor rgb '#222222'
m = 0.7
set terminal svg size 720,512 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'loss-by-tokens.svg'
plot $data0 using 1:2 with lines linecolor rgb '#c8440154' linewidth 1 notitle, \
  $data1 using 1:2 with lines linecolor rgb '#c87ad151' linewidth 1 notitle, \
  $data2 using 1:2 with lines linecolor rgb '#440154' linewidth 1.5 notitle, \
  $data3 using 1:2 with lines linecolor rgb '#7ad151' linewidth 1.5 notitle, \
  $data4 using 1:2 with linespoints linecolor rgb '#440154' linewidth 2 pointtype 7 pointsize 0.6*m notitle, \
  $data5 using 1:2 with linespoints linecolor rgb '#7ad151' linewidth 2 pointtype 7 pointsize 0.6*m notitle, \
  keyentry with linespoints linecolor rgb '#666666' linewidth 2 pointtype 7 pointsize 0.6*m title 'validation' noenhanced, \
  keyentry with lines linecolor rgb '#666666' linewidth 1.5 title 'training, smoothed' noenhanced, \
  keyentry with lines linecolor rgb '#c8666666' linewidth 1 title 'training, one seed as measured' noenhanced
m = 1
set terminal pngcairo size 1440,1024 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'loss-by-tokens.png'
replot
set output
