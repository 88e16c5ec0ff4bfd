# Draws throughput.svg and throughput.png: gnuplot throughput.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
32000.0 512.0
32000.0 512.0
32000.0 512.0
32000.0 512.0
32000.0 512.0
32000.0 512.0
END
$data1 << END
128000.0 512.0
128000.0 512.0
128000.0 512.0
128000.0 512.0
128000.0 512.0
128000.0 512.0
END
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 1 maxcols 3 textcolor rgb '#222222'
set border 3 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'parameters' noenhanced textcolor rgb '#222222'
set logscale x
set format x '%g'
set xtics ('32.0 k' 32000.0, '128 k' 128000.0) noenhanced
set xrange [22857.14:179200.0]
set ylabel 'training tokens per second' noenhanced textcolor rgb '#222222'
set ytics ('0' 0.0, '100' 100.0, '200' 200.0, '300' 300.0, '400' 400.0, '500' 500.0) noenhanced
set yrange [0.0:563.2]
set grid  linecolor rgb '#dddddd' linetype 1
set terminal svg size 800,484 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'throughput.svg'
plot $data0 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data1 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  keyentry with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 title 'd_model 32' noenhanced, \
  keyentry with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 title 'd_model 128' noenhanced
set terminal pngcairo size 1200,726 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'throughput.png'
replot
set output
