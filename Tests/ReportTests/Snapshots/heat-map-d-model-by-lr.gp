# Draws heat-map-d-model-by-lr.svg and heat-map-d-model-by-lr.png: gnuplot heat-map-d-model-by-lr.gp
reset
set decimalsign
set datafile separator whitespace
set encoding utf8
$data0 << END
0.0 0.0 2.625
0.0 1.0 2.125
1.0 0.0 2.375
1.0 1.0 2.5
2.0 0.0 3.25
2.0 1.0 1.5
END
$data1 << END
2.36 1.32
END
set title 'widths' noenhanced textcolor rgb '#222222'
set key outside below left Left reverse noenhanced height 1 maxrows 1 maxcols 3 textcolor rgb '#222222'
set border 0 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xlabel 'lr' noenhanced textcolor rgb '#222222'
set xtics ('0.001' 0.0, '0.01' 1.0, '0.1' 2.0) noenhanced
set xrange [-0.5:2.5]
set ylabel 'd_model' noenhanced textcolor rgb '#222222'
set ytics ('32' 0.0, '128' 1.0) noenhanced
set yrange [-0.5:1.5]
set tics scale 0
set palette defined (0.0 '#440154', 0.2 '#414487', 0.4 '#2a788e', 0.6 '#22a884', 0.8 '#7ad151', 1.0 '#fde725')
set cbrange [1.5:3.25]
set cblabel 'final validation loss (nats per token)' noenhanced textcolor rgb '#222222'
set colorbox noborder
set label 1 '2.62' at 0.0,0.0 center front noenhanced textcolor rgb '#000000' offset 0.0,0.0
set label 2 '2.12' at 0.0,1.0 center front noenhanced textcolor rgb '#ffffff' offset 0.0,0.0
set label 3 '2.38' at 1.0,0.0 center front noenhanced textcolor rgb '#ffffff' offset 0.0,0.0
set label 4 '2.50' at 1.0,1.0 center front noenhanced textcolor rgb '#000000' offset 0.0,0.0
set label 5 '3.25' at 2.0,0.0 center front noenhanced textcolor rgb '#000000' offset 0.0,0.0
set label 6 '1.50' at 2.0,1.0 center front noenhanced textcolor rgb '#ffffff' offset 0.0,0.0
set terminal svg size 800,394 dynamic font 'Helvetica,15' background rgb '#ffffff' noenhanced
set output 'heat-map-d-model-by-lr.svg'
plot $data0 using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with boxxyerror fillcolor palette fillstyle solid noborder notitle, \
  $data1 using 1:2 with points linecolor rgb '#c8501e' pointtype 9 pointsize 1 title 'a seed diverged' noenhanced
set terminal pngcairo size 1200,591 font 'Sans,11' fontscale 1.5 linewidth 1.5 pointscale 1.5 noenhanced
set output 'heat-map-d-model-by-lr.png'
replot
set output
