// Package layers holds the tests of the repository itself: which room imports which, generated headers, laws and
// behaviours without a test, goroutines without an owner, exported names without a comment, and what has no place in
// the tree. It has no code of its own.
//
// Every check is a function from a tree to findings, so that it is also run against small broken trees and must find
// what is wrong with them. The checks read files and run nothing but "git ls-files"; without git, as in an unpacked
// release, they walk the folders.
package layers
