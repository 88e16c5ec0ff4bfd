# Draws coordinates-logits-d-model-lr-0.01.svg and coordinates-logits-d-model-lr-0.01.png: gnuplot coordinates-logits-d-model-lr-0.01.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
32.0 1.0
128.0 1.0
END
$data1 << END
32.0 5.656854
128.0 11.31371
END
$data2 << END
32.0 32.0
128.0 128.0
END
set lmargin at screen 0.1
set rmargin at screen 0.9733333
set bmargin at screen 0.1937182
set tmargin at screen 0.9175294
set label 900 'lr 0.01: logits: fail: d_model^1.0000 [1.0000, 1.0000] after 2 updates' at screen 0.01555556, screen 0.9613967 noenhanced left textcolor rgb '#222222'
set label 901 'd_model' at screen 0.5366667, screen 0.09370065 noenhanced center textcolor rgb '#222222'
set label 902 'mean |logits|' at screen 0.02111111, screen 0.5556238 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.06738024 left top Left reverse noenhanced samplen 2 vertical maxrows 1 maxcols 3 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set logscale x
set xtics ('32' 32.0, '128' 128.0) noenhanced
set xrange [26.66667:153.6]
set logscale y
set ytics ('1' 1.0, '10' 10.0, '100' 100.0) noenhanced
set yrange [0.6666667:192.0]
set grid  linecolor rgb '#dddddd' linetype 1
m = 0.7
set terminal svg size 720,456 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'coordinates-logits-d-model-lr-0.01.svg'
plot $data0 using 1:2 with linespoints linecolor rgb '#440154' linewidth 2 pointtype 7 pointsize 0.6*m title 'before training' noenhanced, \
  $data1 using 1:2 with linespoints linecolor rgb '#2a788e' linewidth 2 pointtype 7 pointsize 0.6*m title 'after 1' noenhanced, \
  $data2 using 1:2 with linespoints linecolor rgb '#7ad151' linewidth 2 pointtype 7 pointsize 0.6*m title 'after 2' noenhanced
m = 1
set terminal pngcairo size 1440,912 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'coordinates-logits-d-model-lr-0.01.png'
replot
set output
