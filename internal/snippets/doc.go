// Package snippets holds the test of what README.md and docs/ show as Go: every block compiles, and is run where there is a
// server. It has no code of its own.
//
// A block that starts with "package" is a program; what it prints must be what the next block, if that is marked "text", shows. Other blocks are
// declarations, or the body of a function that has
//
//	ctx context.Context, client *redis.Client
//
// with ctx good for some seconds and client connected to an empty server, which is also what stands for localhost:6379. A block need not use
// what it declares, save that an err that it does not look at must be nil; and "…" in it stands for nothing. What else it takes for granted is declared in a comment in front of it, which readers do not see:
//
//	<!-- snippet: given
//	var token string
//	-->
//
// "compile" in place of "given", or before it with a comma, is for what must not be run, such as an endless loop, and "fails" for
// what ends with an err. In docs/migrating-*.md every `code` in
// the column "futureio" of a table is a block that is compiled.
package snippets
