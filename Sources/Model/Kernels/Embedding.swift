/// x[row] = token_embed[token] + pos_embed[position]. x (rows, C); row `i` is the token at position `start + i mod (T - start)`.
func embeddingForward(
  _ x: Matrix, tokens: UnsafePointer<Int32>, tokenEmbed: Matrix, posEmbed: Matrix, positions: Range<Int>
) {
  let C = x.columns
  for row in 0..<x.rows {
    let (x, token) = (x.row(row), tokenEmbed.row(Int(tokens[row])))
    let position = posEmbed.row(positions.lowerBound + row % positions.count)
    for i in 0..<C { x[i] = token[i] + position[i] }
  }
}

/// Adds each row of dx to the gradients of its token's and its position's embedding.
func embeddingBackward(
  dTokenEmbed: Matrix, dPosEmbed: Matrix, dx: Matrix, tokens: UnsafePointer<Int32>, length: Int
) {
  let C = dx.columns
  for row in 0..<dx.rows {
    let (dx, token, position) = (dx.row(row), dTokenEmbed.row(Int(tokens[row])), dPosEmbed.row(row % length))
    for i in 0..<C {
      token[i] += dx[i]
      position[i] += dx[i]
    }
  }
}
