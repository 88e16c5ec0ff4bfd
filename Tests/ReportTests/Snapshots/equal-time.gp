# Draws equal-time.svg and equal-time.png: gnuplot equal-time.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
2.0 3.125
4.0 2.25

2.0 3.25
4.0 2.5

2.0 3.25
4.0 2.5

2.0 3.375
4.0 2.75

2.0 3.5
4.0 3.0

2.0 3.75
4.0 3.5
END
$data1 << END
2.0 3.0
4.0 2.0

2.0 3.125
4.0 2.25

2.0 3.1875
4.0 2.375

2.0 3.3125
4.0 2.625

2.0 2.75
4.0 1.5
END
$data2 << END
2.0 2.75
4.0 1.5
END
$data3 << END
4.0 2.25
4.0 2.5
4.0 2.5
4.0 2.75
4.0 3.0
4.0 3.5
END
$data4 << END
4.0 2.0
4.0 2.25
4.0 2.375
4.0 2.625
4.0 1.5
END
$data5 << END
4.0 0.0
4.0 4.1
END
$data9 << END
1.818182 0.25
4.4 0.25
END
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 3 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'wall time (s), evaluations and samples included' noenhanced textcolor rgb '#222222'
set logscale x
set format x '%g'
set xrange [1.818182:4.4]
set ylabel 'validation loss (nats per token)' noenhanced textcolor rgb '#222222'
set yrange [0.0:4.1]
set grid  linecolor rgb '#dddddd' linetype 1
set label 1 'd_model 128, lr 0.1' at 4.0,1.5 right front noenhanced textcolor rgb '#222222' offset -0.6,-0.7
set terminal svg size 800,532 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'equal-time.svg'
plot $data0 using 1:2 with lines linecolor rgb '#80440154' linewidth 1 notitle, \
  $data1 using 1:2 with lines linecolor rgb '#807ad151' linewidth 1 notitle, \
  $data2 using 1:2 with lines linecolor rgb '#222222' linewidth 3 notitle, \
  $data3 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data4 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  $data5 using 1:2 with lines linecolor rgb '#666666' linewidth 1.5 dashtype 2 title 'when the fastest run was done' noenhanced, \
  keyentry with lines linecolor rgb '#440154' linewidth 1.5 title 'd_model 32' noenhanced, \
  keyentry with lines linecolor rgb '#7ad151' linewidth 1.5 title 'd_model 128' noenhanced, \
  keyentry with lines linecolor rgb '#222222' linewidth 3 title 'lower envelope' noenhanced, \
  $data9 using 1:2 with lines linecolor rgb '#666666' linewidth 1.5 dashtype 2 title 'floor of the text' noenhanced
set terminal pngcairo size 1200,798 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'equal-time.png'
replot
set output
