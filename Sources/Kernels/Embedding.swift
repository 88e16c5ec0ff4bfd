/// x[row] = token_embed[token] + pos_embed[position]. x (rows, C); row `i` is the token at position `start + i mod (T - start)`. Without
/// pos_embed the token's embedding alone.
package func embeddingForward(
  _ x: Matrix, tokens: UnsafePointer<Int32>, tokenEmbed: Matrix, posEmbed: Matrix?, positions: Range<Int>,
  team: Team
) {
  let C = x.columns
  check(
    tokenEmbed.columns == C && posEmbed?.columns ?? C == C && positions.upperBound <= posEmbed?.rows ?? .max
      && (x.rows == 0 || !positions.isEmpty), "shapes of \(x), \(tokenEmbed), \(positions) don't fit")
  team.share(x.rows, work: x.rows * C) { rows, _ in
    for row in rows {
      checkToken(tokens[row], tokenEmbed.rows)
      let (x, token) = (x.row(row), tokenEmbed.row(Int(tokens[row])))
      guard let position = posEmbed?.row(positions.lowerBound + row % positions.count) else {
        x.update(from: token, count: C)
        continue
      }
      for i in 0..<C { x[i] = token[i] + position[i] }
    }
  }
}

/// Adds each row of dx to the gradients of its token's and, where there is one, its position's embedding.
package func embeddingBackward(
  dTokenEmbed: Matrix, dPosEmbed: Matrix?, dx: Matrix, tokens: UnsafePointer<Int32>, length: Int,
  team: Team
) {
  let C = dx.columns
  check(
    dTokenEmbed.columns == C && dPosEmbed?.columns ?? C == C && 1...(dPosEmbed?.rows ?? .max) ~= length,
    "shapes of \(dx), \(dTokenEmbed), \(length) don't fit")
  // By columns, since rows meet in their token's gradient.
  team.share(C, inMultiplesOf: FloatBuffer.alignment, work: 2 * dx.rows * C) { columns, _ in
    for row in 0..<dx.rows {
      checkToken(tokens[row], dTokenEmbed.rows)
      let (dx, token) = (dx.row(row), dTokenEmbed.row(Int(tokens[row])))
      guard let position = dPosEmbed?.row(row % length) else {
        for i in columns { token[i] += dx[i] }
        continue
      }
      for i in columns {
        token[i] += dx[i]
        position[i] += dx[i]
      }
    }
  }
}
