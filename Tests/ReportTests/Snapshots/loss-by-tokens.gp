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
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 6 maxcols 1 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'training tokens' noenhanced textcolor rgb '#222222'
set xtics ('0' 0.0, '1 k' 1000.0, '2 k' 2000.0, '3 k' 3000.0, '4 k' 4000.0) noenhanced
set xrange [0.0:4096.0]
set ylabel 'loss (nats per token)' noenhanced textcolor rgb '#222222'
set yrange [2.036875:3.740625]
set grid  linecolor rgb '#dddddd' linetype 1
set terminal svg size 800,604 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'loss-by-tokens.svg'
plot $data0 using 1:2 with lines linecolor rgb '#c8440154' linewidth 1 notitle, \
  $data1 using 1:2 with lines linecolor rgb '#c87ad151' linewidth 1 notitle, \
  $data2 using 1:2 with lines linecolor rgb '#440154' linewidth 1.5 notitle, \
  $data3 using 1:2 with lines linecolor rgb '#7ad151' linewidth 1.5 notitle, \
  $data4 using 1:2 with linespoints linecolor rgb '#440154' linewidth 2 pointtype 7 pointsize 0.6 title 'd_model 32, lr 0.01' noenhanced, \
  $data5 using 1:2 with linespoints linecolor rgb '#7ad151' linewidth 2 pointtype 7 pointsize 0.6 title 'd_model 128, lr 0.001' noenhanced, \
  keyentry with linespoints linecolor rgb '#666666' linewidth 2 pointtype 7 pointsize 0.6 title 'validation' noenhanced, \
  keyentry with lines linecolor rgb '#666666' linewidth 1.5 title 'training, smoothed' noenhanced, \
  keyentry with lines linecolor rgb '#c8666666' linewidth 1 title 'training, one seed as measured' noenhanced, \
  keyentry with lines linecolor rgb '#666666' linewidth 1.5 dashtype 2 title 'floor of the text: 0.2500, below the chart' noenhanced
set terminal pngcairo size 1200,906 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'loss-by-tokens.png'
replot
set output
