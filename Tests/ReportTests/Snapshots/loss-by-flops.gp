# Draws loss-by-flops.svg and loss-by-flops.png: gnuplot loss-by-flops.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
5e+08 3.1875
1e+09 3.1875
1e+09 2.375

5e+08 3.3125
1e+09 3.3125
1e+09 2.625

5e+08 3.625
1e+09 3.625
1e+09 3.25
END
$data1 << END
2e+09 3.0625
4e+09 3.0625
4e+09 2.125

2e+09 3.25
4e+09 3.25
4e+09 2.5
END
$data2 << END
5e+08 3.1875
1e+09 3.1875
1e+09 2.375
4e+09 2.375
4e+09 2.125
4e+09 2.125
4e+09 2.125
END
set lmargin at screen 0.1133333
set rmargin at screen 0.9666667
set bmargin at screen 0.1817583
set tmargin at screen 0.922621
set label 900 'Lowest at the end: d_model 128, lr 0.001' at screen 0.01555556, screen 0.96378 noenhanced left textcolor rgb '#222222'
set label 901 'training FLOPs' at screen 0.54, screen 0.08791571 noenhanced center textcolor rgb '#222222'
set label 902 'loss (nats/token)' at screen 0.02111111, screen 0.5521897 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.06322028 left top Left reverse noenhanced samplen 2 vertical maxrows 1 maxcols 3 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set logscale x
set xtics ('5·10⁸' 5e+08, '10⁹' 1e+09, '2·10⁹' 2e+09) noenhanced
set xrange [4.545455e+08:4.4e+09]
set ytics ('2.00' 2.0, '2.25' 2.25, '2.50' 2.5, '2.75' 2.75, '3.00' 3.0, '3.25' 3.25, '3.50' 3.5, '3.75' 3.75) noenhanced
set yrange [1.861:3.775]
set grid  linecolor rgb '#dddddd' linetype 1
set label 1 'd_model 128, lr 0.001' at 4e+09,2.125 right front noenhanced textcolor rgb '#222222' offset -0.6,-0.7
set label 2 'd_model 32, lr 0.01' at 1e+09,2.375 right front noenhanced textcolor rgb '#222222' offset -0.6,-0.7
m = 0.7
set terminal svg size 720,486 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'loss-by-flops.svg'
plot $data0 using 1:2 with lines linecolor rgb '#80440154' linewidth 1 notitle, \
  $data1 using 1:2 with lines linecolor rgb '#807ad151' linewidth 1 notitle, \
  $data2 using 1:2 with lines linecolor rgb '#222222' linewidth 3 notitle, \
  keyentry with lines linecolor rgb '#440154' linewidth 1.5 title 'd_model 32' noenhanced, \
  keyentry with lines linecolor rgb '#7ad151' linewidth 1.5 title 'd_model 128' noenhanced, \
  keyentry with lines linecolor rgb '#222222' linewidth 3 title 'lowest of all' noenhanced
m = 1
set terminal pngcairo size 1440,972 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'loss-by-flops.png'
replot
set output
