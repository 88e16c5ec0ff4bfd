# Draws loss-by-flops.svg and loss-by-flops.png: gnuplot loss-by-flops.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
5e+08 3.125
1e+09 2.25

5e+08 3.25
1e+09 2.5

5e+08 3.25
1e+09 2.5

5e+08 3.375
1e+09 2.75

5e+08 3.5
1e+09 3.0

5e+08 3.75
1e+09 3.5
END
$data1 << END
2e+09 3.0
4e+09 2.0

2e+09 3.125
4e+09 2.25

2e+09 3.1875
4e+09 2.375

2e+09 3.3125
4e+09 2.625

2e+09 2.75
4e+09 1.5
END
$data2 << END
5e+08 3.125
1e+09 2.25
4e+09 1.5
END
$data6 << END
4.545455e+08 0.25
4.4e+09 0.25
END
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 2 maxcols 3 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'training FLOPs' noenhanced textcolor rgb '#222222'
set logscale x
set format x '%g'
set xrange [4.545455e+08:4.4e+09]
set ylabel 'validation loss (nats per token)' noenhanced textcolor rgb '#222222'
set yrange [0.0:4.1]
set grid  linecolor rgb '#dddddd' linetype 1
set label 1 'd_model 128, lr 0.1' at 4e+09,1.5 right front noenhanced textcolor rgb '#222222' offset -0.6,-0.7
set label 2 'd_model 32, lr 0.01' at 1e+09,2.25 right front noenhanced textcolor rgb '#222222' offset -0.6,-0.7
set terminal svg size 800,508 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'loss-by-flops.svg'
plot $data0 using 1:2 with lines linecolor rgb '#80440154' linewidth 1 notitle, \
  $data1 using 1:2 with lines linecolor rgb '#807ad151' linewidth 1 notitle, \
  $data2 using 1:2 with lines linecolor rgb '#222222' linewidth 3 notitle, \
  keyentry with lines linecolor rgb '#440154' linewidth 1.5 title 'd_model 32' noenhanced, \
  keyentry with lines linecolor rgb '#7ad151' linewidth 1.5 title 'd_model 128' noenhanced, \
  keyentry with lines linecolor rgb '#222222' linewidth 3 title 'lower envelope' noenhanced, \
  $data6 using 1:2 with lines linecolor rgb '#666666' linewidth 1.5 dashtype 2 title 'floor of the text' noenhanced
set terminal pngcairo size 1200,762 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'loss-by-flops.png'
replot
set output
