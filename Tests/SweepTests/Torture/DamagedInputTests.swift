import Foundation
import Testing

extension TortureTests {
  @Suite(.timeLimit(.minutes(180)))
  struct DamagedInputTests {
    private static let seed: UInt64 = 1
    private static let count = TortureTests.amount(300, long: 100_000)

    @Test(
      "Whatever a file's bytes are, it is taken or there are complaints that name it and the cause",
      arguments: DamagedInput.allCases)
    func damagedInput(kind: DamagedInput) async throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "damaged-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // In a process of its own: a trap or a hang would end this one.
      let result = await #expect(processExitsWith: .success) { [kind = kind as DamagedInput, folder = folder as URL] in
        let tally = try kind.tryDamaged(Self.count, seed: Self.seed, in: folder)
        try JSONEncoder().encode(tally).write(to: folder.appending(path: "tally"))
      }
      guard result != nil else {
        Issue.record("seed \(Self.seed): the file whose name begins with a number in \(folder.path) ended the process")
        return
      }
      let tally = try JSONDecoder().decode(
        DamagedInput.Tally.self, from: Data(contentsOf: folder.appending(path: "tally")))
      #expect(tally.tried == Self.count)
      #expect(tally.unworded == [])
      // Else the damage would be too great, or too small, to try anything.
      #expect(tally.accepted > Self.count / 50)
      #expect(tally.complaints.count >= kind.leastComplaints)
      TortureTests.report(
        "\(tally.tried) damaged files like \(kind.rawValue), seed \(Self.seed): \(tally.accepted) taken, the rest refused with "
          + "\(tally.complaints.count) different complaints")
      try FileManager.default.removeItem(at: folder)
    }
  }
}
