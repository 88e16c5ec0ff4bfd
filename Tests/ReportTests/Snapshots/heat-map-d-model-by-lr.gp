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
$data2 << END
0.0 1.0
END
set lmargin at screen 0.1
set rmargin at screen 0.8444444
set bmargin at screen 0.2553191
set tmargin at screen 0.8913043
set label 900 'Lowest at d_model 128, lr 0.001: 2.12 ± 0.18 (2)' at screen 0.01555556, screen 0.9491212 noenhanced left textcolor rgb '#222222'
set label 901 'lr' at screen 0.4722222, screen 0.1234968 noenhanced center textcolor rgb '#222222'
set label 902 'd_model' at screen 0.02111111, screen 0.5733117 noenhanced center rotate by 90 textcolor rgb '#222222'
set label 903 'loss (nats/token)' at screen 0.9788889, screen 0.5733117 noenhanced center rotate by 90 textcolor rgb '#222222'
set key at screen 0.008888889, screen 0.08880666 left top Left reverse noenhanced samplen 2 vertical maxrows 1 maxcols 2 textcolor rgb '#222222'
set border 0 linecolor rgb '#666666'
set tics nomirror textcolor rgb '#222222'
set clip two
set xtics ('0.001' 0.0, '0.01' 1.0, '0.1' 2.0) noenhanced
set xrange [-0.5:2.5]
set ytics ('32' 0.0, '128' 1.0) noenhanced
set yrange [-0.5:1.5]
set tics scale 0
set palette defined (0.0 '#440154', 0.2 '#414487', 0.4 '#2a788e', 0.6 '#22a884', 0.8 '#7ad151', 1.0 '#fde725')
set cbrange [1.5:3.25]
set cbtics ('1.5' 1.5, '2.0' 2.0, '2.5' 2.5, '3.0' 3.0)
set colorbox noborder user origin screen 0.8622222, screen 0.2553191 size screen 0.02444444, screen 0.6359852
set label 1 '2.62' at 0.0,0.0 center front noenhanced textcolor rgb '#000000' offset 0.0,0.0
set label 2 '2.12' at 0.0,1.0 center front noenhanced textcolor rgb '#ffffff' offset 0.0,0.0
set label 3 '2.38' at 1.0,0.0 center front noenhanced textcolor rgb '#ffffff' offset 0.0,0.0
set label 4 '2.50' at 1.0,1.0 center front noenhanced textcolor rgb '#000000' offset 0.0,0.0
set label 5 '3.25' at 2.0,0.0 center front noenhanced textcolor rgb '#000000' offset 0.0,0.0
set label 6 '1.50' at 2.0,1.0 center front noenhanced textcolor rgb '#ffffff' offset 0.0,0.0
m = 0.7
set terminal svg size 720,346 dynamic font 'Helvetica,16' linewidth 1 background rgb '#ffffff' noenhanced
set output 'heat-map-d-model-by-lr.svg'
plot $data0 using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with boxxyerror fillcolor palette fillstyle solid noborder notitle, \
  $data1 using 1:2 with points linecolor rgb '#c8501e' pointtype 9 pointsize 1*m title 'a seed diverged or was stopped' noenhanced, \
  $data2 using 1:2:($1-0.46):($1+0.46):($2-0.44):($2+0.44) with boxxyerror linecolor rgb '#e69f00' linewidth 3 fillstyle empty border title 'best' noenhanced
m = 1
set terminal pngcairo size 1440,692 font 'Sans,12' fontscale 2 linewidth 2 pointscale 2 noenhanced
set output 'heat-map-d-model-by-lr.png'
replot
set output
