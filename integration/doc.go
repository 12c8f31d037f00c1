// Package integration holds tests of the whole client against whole servers: every version of Redis, Valkey and Redict that
// there is, both protocols, every kind of address and every kind of login; and containers that are restarted and frozen. It has
// no code of its own. README.md tells how to run them.
package integration
