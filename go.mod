module github.com/futureio/futureio-go

go 1.25

require (
	github.com/alicebob/miniredis/v2 v2.40.0
	github.com/cenkalti/backoff/v4 v4.3.0
	golang.org/x/sync v0.19.0
)

require github.com/yuin/gopher-lua v1.1.1 // indirect
