# Draws loss-by-parameters.svg and loss-by-parameters.png: gnuplot loss-by-parameters.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
32000.0 2.375
128000.0 2.125
END
$data1 << END
128000.0 2.125
32000.0 2.375
128000.0 2.5
32000.0 2.625
32000.0 3.25
END
$data2 << END
32000.0 2.375
128000.0 2.125
END
$data3 << END
32000.0 2.75
128000.0 2.5
END
$data4 << END
128000.0 2.5
32000.0 2.75
END
$data5 << END
32000.0 2.75
128000.0 2.5
END
set lmargin at screen 0.1
set rmargin at screen 0.9666667
set bmargin at screen 0.1937182
set tmargin at screen 0.9175294
set label 900 'optimizer adamw has the lowest loss, with 128 k parameters' at screen 0.01555556, screen 0.9613967 noenhanced left textcolor rgb '#222222'
set label 901 'parameters' at screen 0.5333333, screen 0.09370065 noenhanced center textcolor rgb '#222222'
set label 902 'loss (nats/token)' at screen 0.02111111, screen 0.5556238 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.06738024 left top Left reverse noenhanced samplen 2 vertical maxrows 1 maxcols 2 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set logscale x
set xtics ('32.0 k' 32000.0, '128 k' 128000.0) noenhanced
set xrange [22857.14:179200.0]
set ytics ('2.2' 2.2, '2.4' 2.4, '2.6' 2.6, '2.8' 2.8, '3.0' 3.0, '3.2' 3.2) noenhanced
set yrange [2.0575:3.3625]
set grid  linecolor rgb '#dddddd' linetype 1
m = 0.7
set terminal svg size 720,456 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'loss-by-parameters.svg'
plot $data0 using 1:2 with lines linecolor rgb '#800072b2' linewidth 1 notitle, \
  $data1 using 1:2 with points linecolor rgb '#0072b2' pointtype 6 pointsize 0.75*m notitle, \
  $data2 using 1:2 with points linecolor rgb '#0072b2' pointtype 7 pointsize 1.1*m notitle, \
  $data3 using 1:2 with lines linecolor rgb '#80d55e00' linewidth 1 notitle, \
  $data4 using 1:2 with points linecolor rgb '#d55e00' pointtype 6 pointsize 0.75*m notitle, \
  $data5 using 1:2 with points linecolor rgb '#d55e00' pointtype 7 pointsize 1.1*m notitle, \
  keyentry with points linecolor rgb '#0072b2' pointtype 7 pointsize 1.1*m title 'optimizer adamw' noenhanced, \
  keyentry with points linecolor rgb '#d55e00' pointtype 7 pointsize 1.1*m title 'optimizer sgd' noenhanced
m = 1
set terminal pngcairo size 1440,912 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'loss-by-parameters.png'
replot
set output
