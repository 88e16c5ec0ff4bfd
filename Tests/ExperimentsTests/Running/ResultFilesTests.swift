import Foundation
import Testing

@testable import Experiments

@Suite("The files of a database", .timeLimit(.minutes(10)))
struct ResultFilesTests {
  @Test("A relative link in a folder that is a link itself leads where the system says, be there a database yet or not")
  func links() throws {
    let folder = try SpecFolder()
    let manager = FileManager.default
    let path = { (name: String) in folder.path(name) }
    try manager.createDirectory(atPath: path("far/off"), withIntermediateDirectories: true)
    try manager.createDirectory(atPath: path("near"), withIntermediateDirectories: true)
    try manager.createSymbolicLink(atPath: path("near/link"), withDestinationPath: "../far/off")
    try manager.createSymbolicLink(atPath: path("far/off/r.sqlite"), withDestinationPath: "../real.sqlite")
    func database() -> String {
      ResultFiles(database: path("near/link/r.sqlite")).database.resolvingSymlinksInPath().path
    }
    let real = URL(fileURLWithPath: path("far/real.sqlite")).resolvingSymlinksInPath().path
    #expect(database() == real)
    #expect(manager.createFile(atPath: path("far/real.sqlite"), contents: nil))
    #expect(database() == real)
    #expect(ResultFiles(database: path("near/link/r.sqlite")).checkpoints.url.lastPathComponent == "real.sqlite")
  }
}
