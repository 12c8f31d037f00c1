// Package faultnet is a TCP proxy on 127.0.0.1 that does to a connection what networks do.
//
//	proxy := faultnet.New(t, srv.Addr)                 // ends with the test
//	client := redis.New(redis.Options{Addr: proxy.Addr()})
//
//	proxy.Delay(faultnet.Both, 5*time.Millisecond)     // a longer wire, not a narrower one
//	proxy.CutAfter(faultnet.Up, 100)                   // 100 more bytes reach the server, then the connection ends
//	proxy.Split(faultnet.Down)                         // every byte a packet of its own
//	proxy.Stall(faultnet.Down)                         // the answers stay away
//	proxy.BlackHole()                                  // nothing passes, dials succeed all the same
//	proxy.Reset()                                      // RST on every connection
//	proxy.Refuse()                                     // connection refused
//	proxy.Heal()                                       // everything is well again
//	addr := faultnet.Unanswered(t)                     // a connect to it hangs (Linux)
//
// It works in real time on real sockets: not for synctest bubbles, which have package memnet.
package faultnet
