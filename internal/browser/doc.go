// Package browser drives a headless Chromium, for tests of web pages. It speaks the DevTools protocol over the pipe that
// Chromium offers for it, so it needs neither a port nor a library.
//
//	b := browser.Start(t)                     // skips the test where there is none
//	tab := b.Open(t, "http://127.0.0.1:8080/")
//	tab.WaitFor(t, `document.title == "Chat"`)
//	tab.Run(t, `document.querySelector("button").click()`)
//	tab.Screenshot(t, "page.png")
package browser
