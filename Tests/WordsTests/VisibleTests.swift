import Testing
import Words

@Suite struct VisibleTests {
  @Test(
    "Control characters become their pictures, direction marks go, and lines stay where they may",
    arguments: [
      ("plain, größe 中 🦊", "plain, größe 中 🦊", "plain, größe 中 🦊"), ("\u{1B}[31mred", "␛[31mred", "␛[31mred"),
      ("a\0b\u{7F}\u{85}", "a␀b␡\u{FFFD}", "a␀b␡\u{FFFD}"), ("a\r\nb\tc\u{2028}d", "a b c d", "a\nb\tc\u{2028}d"),
      ("abc\u{202E}fed\u{2066}\u{200F}", "abcfed", "abcfed"), ("a\rb", "a␍b", "a␍b"),
    ])
  func visible(text: String, line: String, lines: String) {
    #expect(text.visible() == line)
    #expect(text.visible(keepsLines: true) == lines)
  }
}
