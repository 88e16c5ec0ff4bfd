# Draws lr-sensitivity.svg and lr-sensitivity.png: gnuplot lr-sensitivity.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
32000.0 0.375
128000.0 0.3333333
END
$data1 << END
32000.0 0.375
END
$data2 << END
32000.0 0.3333333
32000.0 0.4166667
END
$data3 << END
128000.0 0.3333333
END
$data4 << END
128000.0 0.4583333
128000.0 0.7083333
END
set lmargin at screen 0.1
set rmargin at screen 0.9666667
set bmargin at screen 0.1937182
set tmargin at screen 0.9175294
set label 900 'd_model 128 is least sensitive to the learning rate' at screen 0.01555556, screen 0.9613967 noenhanced left textcolor rgb '#222222'
set label 901 'parameters' at screen 0.5333333, screen 0.09370065 noenhanced center textcolor rgb '#222222'
set label 902 'sensitivity (nats/token)' at screen 0.02111111, screen 0.5556238 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.06738024 left top Left reverse noenhanced samplen 2 vertical maxrows 1 maxcols 3 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set logscale x
set xtics ('32.0 k' 32000.0, '128 k' 128000.0) noenhanced
set xrange [22857.14:179200.0]
set ytics ('0.0' 0.0, '0.1' 0.1, '0.2' 0.2, '0.3' 0.3, '0.4' 0.4, '0.5' 0.5, '0.6' 0.6, '0.7' 0.7) noenhanced
set yrange [0.0:0.7791667]
set grid  linecolor rgb '#dddddd' linetype 1
m = 0.7
set terminal svg size 720,456 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'lr-sensitivity.svg'
plot $data0 using 1:2 with lines linecolor rgb '#80666666' linewidth 1 notitle, \
  $data1 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1*m notitle, \
  $data2 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.75*m notitle, \
  $data3 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1*m notitle, \
  $data4 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.75*m notitle, \
  keyentry with points linecolor rgb '#440154' pointtype 7 pointsize 1.1*m title 'd_model 32' noenhanced, \
  keyentry with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1*m title 'd_model 128' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 6 pointsize 0.75*m title 'seeds' noenhanced
m = 1
set terminal pngcairo size 1440,912 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'lr-sensitivity.png'
replot
set output
