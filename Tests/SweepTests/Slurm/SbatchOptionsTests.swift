import Testing

@testable import Sweep

@Suite(.timeLimit(.minutes(10)))
struct SbatchOptionsTests {
  @Test(
    "What an array lives by is refused, however it is written, and what takes its place is told",
    arguments: [
      ("--array=1", "--array is chosen by `sweep slurm`; write --tasks before --, if need be."),
      ("-Jmine", "-J is chosen by `sweep slurm`; leave it out."),
      ("--job-n=mine", "--job-n is chosen by `sweep slurm`; leave it out."),
      ("--time=1:00", "--time is chosen by `sweep slurm`; write --time before --, if need be."),
      ("-p", "-p is chosen by `sweep slurm`; write --partition before --, if need be."),
      ("--wait", "--wait is chosen by `sweep slurm`; leave it out."),
      ("--no-requeue", "--no-requeue is chosen by `sweep slurm`; leave it out."),
    ])
  func chosen(word: String, complaint: String) { #expect(SbatchOptions.complaint(about: word) == complaint) }

  @Test(
    "Other options pass", arguments: ["--account=a", "-A", "--time-min=5", "--mem=8G", "--mem-per-cpu=1G", "--", "-"])
  func others(word: String) { #expect(SbatchOptions.complaint(about: word) == nil) }

  @Test("Memory may be asked for in several ways")
  func memory() {
    #expect(SbatchOptions.askForMemory(["-A", "a", "--mem=8G"]))
    #expect(SbatchOptions.askForMemory(["--mem-per-cpu=2G"]))
    #expect(!SbatchOptions.askForMemory(["--mem-bind=local"]))
    #expect(!SbatchOptions.askForMemoryOfCores(["--mem", "8G"]))
  }
}
