//go:build race

package run

// raceDetector tells whether this test was built with -race, which adds allocations.
const raceDetector = true
