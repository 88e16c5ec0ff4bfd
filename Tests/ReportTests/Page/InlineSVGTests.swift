import Answers
import SampleResults
import Testing

@testable import Report

@Suite(.timeLimit(.minutes(10)))
struct InlineSVGTests {
  private static let file = """
    <?xml version="1.0" encoding="utf-8"  standalone="no"?>
    <svg
     viewBox="0 0 800 500"
     xmlns:xlink="http://www.w3.org/1999/xlink"
    >

    <title>Gnuplot</title>
    <desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>

    <g id="gnuplot_canvas">

    <rect x="0" y="0" width="800" height="500" fill="#ffffff"/>
    <circle id='gpDot' r='0.5'/>
    <use xlink:href='#gpDot' fill='url(#hatch)'/>
    <text> id='gpDot' &lt;b> href='#gpDot'</text>
    </g>
    </svg>
    """

  @Test("A chart stands in a page without prolog and background, with a title and ids of its own")
  func inline() throws {
    let text = try #require(InlineSVG(Self.file, name: "loss", escapedTitle: "a &lt; b").text)
    #expect(text.hasPrefix("<svg role=\"img\" aria-labelledby=\"loss-title\"\n viewBox"))
    #expect(text.contains("><title id=\"loss-title\">a &lt; b</title>"))
    #expect(!text.contains("GNUPLOT"))
    #expect(!text.contains("<rect"))
    #expect(text.contains("<g id=\"loss-gnuplot_canvas\">"))
    #expect(text.contains("<circle id='loss-gpDot' r='0.5'/>"))
    #expect(text.contains("<use xlink:href='#loss-gpDot' fill='url(#loss-hatch)'/>"))
    // What a legend says stays as it is, also where it begins with a mark that makes one character with the bracket before it.
    let marked = Self.file.replacing("<text> id='gpDot'", with: "<text>\u{301} id='gpDot'\u{600}")
    #expect(
      try #require(InlineSVG(marked, name: "loss", escapedTitle: "").text)
        .contains("<text>\u{301} id='gpDot'\u{600} &lt;b> href='#gpDot'</text>"))
    #expect(text.contains("<text> id='gpDot' &lt;b> href='#gpDot'</text>"))
  }

  @Test("A file without a picture gives none")
  func none() { #expect(InlineSVG("", name: "x", escapedTitle: "x").text == nil) }
}
