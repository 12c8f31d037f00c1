package main

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strconv"
)

//go:embed page.html
var page []byte

// handler serves the page, and the seconds that it draws:
//
//	GET /                     the page
//	GET /seconds?since=N      a JSON array of the seconds behind number N, all that are kept without since
func handler(rec *recorder) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /seconds", func(w http.ResponseWriter, r *http.Request) {
		since := 0
		if text := r.FormValue("since"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				http.Error(w, "since is the number of a second", http.StatusBadRequest)
				return
			}
			since = n
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		// A browser that has gone needs no answer.
		_ = json.NewEncoder(w).Encode(rec.since(since))
	})
	return mux
}
