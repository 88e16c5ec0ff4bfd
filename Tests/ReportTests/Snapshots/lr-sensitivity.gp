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
set ylabel 'learning-rate sensitivity (nats per token)' noenhanced textcolor rgb '#222222'
set yrange [0.0:0.7791667]
set grid  linecolor rgb '#dddddd' linetype 1
set terminal svg size 800,484 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'lr-sensitivity.svg'
plot $data0 using 1:2 with lines linecolor rgb '#80666666' linewidth 1 notitle, \
  $data1 using 1:2 with points linecolor rgb '#440154' pointtype 7 pointsize 1.1 notitle, \
  $data2 using 1:2 with points linecolor rgb '#440154' pointtype 6 pointsize 0.6 notitle, \
  $data3 using 1:2 with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1 notitle, \
  $data4 using 1:2 with points linecolor rgb '#7ad151' pointtype 6 pointsize 0.6 notitle, \
  keyentry with points linecolor rgb '#440154' pointtype 7 pointsize 1.1 title 'd_model 32' noenhanced, \
  keyentry with points linecolor rgb '#7ad151' pointtype 7 pointsize 1.1 title 'd_model 128' noenhanced, \
  keyentry with points linecolor rgb '#666666' pointtype 6 pointsize 0.6 title 'seeds' noenhanced
set terminal pngcairo size 1200,726 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'lr-sensitivity.png'
replot
set output
