package arcgistest

import "time"

// flaky is a portal on a bad day: one call of four fails first, tokens last
// for sixty calls, the search lags, three exports run at a time, and every
// item has a trouble of its own. No step meets more than four, so that five
// repeats are enough, and no throttle lasts longer than two seconds.
func flaky(s *Scenario, words []string) error {
	s.Nervous(4).TokenUses(60).IndexLag(2 * time.Second).ExportsAtOnce(3)
	s.Layer("Fails once").Tags("backup", "parks").ExportFails(1, "Error exporting data to filegdb format")
	s.Layer("Fails in JSON").Tags("backup", "parks").ExportFails(1, `{"code":500,"message":"Export job failed."}`)
	s.Layer("Answer lost").Tags("backup", "parks").ExportAnswerLost(1)
	s.Layer("Answer 504").Tags("backup", "parks").ExportAnswer504(1)
	s.Layer("Status errs").Tags("backup", "roads").StatusErrors(1)
	s.Layer("Says COMPLETED").Tags("backup", "roads").ExportSays("partial", "Processing", "COMPLETED")
	s.Layer("Damaged at first").Tags("backup", "roads").Truncated().Times(1)
	s.Layer("Empty at first").Tags("backup", "roads").Empty().Times(1)
	s.Layer("Cut in the middle").Tags("backup", "water").CutDownloads(1).Bulk(200_000)
	s.Layer("Slow down").Tags("backup", "water").SlowDown503(1)
	s.Layer("Throttled").Tags("backup", "water").ThrottledFor(2 * time.Second)
	s.Layer("Throttled in HTTP").Tags("backup", "water").ThrottledHTTP(1, time.Second)
	s.Layer("Delete fails").Tags("backup").DeleteFails(1)
	s.Layer("Delete says false").Tags("backup").DeleteSaysFalse(1)
	s.File("No ranges.pdf", "PDF").Tags("backup").NoRanges().Bulk(300_000)
	s.File("No length.pdf", "PDF").Tags("backup").NoLength().Bulk(300_000)
	s.File("Cut file.pdf", "PDF").Tags("backup", "parks").CutDownloads(1).Bulk(300_000)
	s.File("A page at first.pdf", "PDF").Tags("backup", "roads").HTMLInstead().Times(1)
	s.File("An error at first.pdf", "PDF").Tags("backup", "roads").ErrorJSONInstead().Times(1)
	s.Text("A map", "Web Map", `{"version":"2.31"}`).Tags("backup", "water")
	s.Link("A link", "Document Link", "https://county.example/").Tags("backup")
	return plainly(words)
}

// broken holds one item for each way of failing for good, and three good ones
// whose titles say so. "Gone after listing" is no failure but gone, and
// "Delete fails" is backed up well: only its export stays. The two that change
// between ranges are well for a client that needs one range and no second.
// The export that hangs needs a short export_timeout.
func broken(s *Scenario, words []string) error {
	s.Layer("Good layer").Tags("backup", "parks")
	s.File("Good file.pdf", "PDF").Tags("backup", "parks")
	s.Text("Good map", "Web Map", `{"version":"2.31"}`).Tags("backup", "parks")
	layer := func(title string) *Item { return s.Layer(title).Tags("backup", "roads") }
	layer("Export hangs").ExportHangs()
	layer("Export fails").ExportFails(always, "Error exporting data to filegdb format")
	layer("Export is forgotten").ExportForgotten()
	layer("Export is refused").ExportRefused(403, forbidden.Message)
	layer("Extract is off").ExtractOff()
	layer("Export is empty").Empty()
	layer("Export is truncated").Truncated()
	layer("Export is no zip").NotAZip()
	layer("Export is a page").HTMLInstead()
	layer("Export is an error").ErrorJSONInstead()
	layer("Export without data set").NoDataSet()
	layer("Export is cut").CutDownloads(always).Bulk(100_000)
	layer("Export says slow down").SlowDown503(always).RetryAfter(time.Second)
	layer("Export changes").DataChangesBetweenRanges().Bulk(40 << 20)
	layer("Throttled for ever").ThrottledHTTP(always, time.Second)
	layer("Delete fails").DeleteFails(always)
	layer("Unreadable").Unreadable()
	layer("Gone after listing").GoneAfterListing()
	file := func(title string) *Item { return s.File(title, "PDF").Tags("backup", "water").Bulk(100_000) }
	file("File is empty.pdf").Empty()
	file("File is truncated.pdf").Truncated()
	file("File is a page.pdf").HTMLInstead()
	file("File is an error.pdf").ErrorJSONInstead()
	file("File is cut.pdf").CutDownloads(always)
	file("File is cut, no length.pdf").CutDownloads(always).NoLength()
	file("File changes.pdf").DataChangesBetweenRanges().Bulk(40 << 20)
	return plainly(words)
}
