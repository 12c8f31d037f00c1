package proto_test

import (
	"fmt"
	"strings"

	"github.com/futureio/futureio-go/redis/proto"
)

func ExampleReader() {
	replies := strings.NewReader("*2\r\n$3\r\none\r\n$-1\r\n" + "%1\r\n+server\r\n+redis\r\n")
	r := proto.NewReader(replies, proto.Limits{})

	// Typed reads, as a decoder uses them.
	if _, err := r.Next(); err != nil {
		panic(err)
	}
	n, _, err := r.ArrayLen()
	if err != nil {
		panic(err)
	}
	for range n {
		s, ok, err := r.OptString()
		fmt.Printf("%q %v %v\n", s, ok, err)
	}

	// A reply of any type as a tree.
	if _, err := r.Next(); err != nil {
		panic(err)
	}
	v, err := r.Value()
	fmt.Println(v, err)

	_, err = r.Next()
	fmt.Println(err)

	// Output:
	// "one" true <nil>
	// "" false <nil>
	// {server: redis} <nil>
	// EOF
}

func ExampleAppendArg() {
	request := proto.AppendArrayHeader(nil, 3)
	request = proto.AppendBulk(request, "SET")
	request = proto.AppendBulk(request, "key")
	request, err := proto.AppendArg(request, 12.5)
	fmt.Printf("%q %v\n", request, err)

	_, err = proto.AppendArg(request, struct{ Name string }{"x"})
	fmt.Println(err)

	// Output:
	// "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$4\r\n12.5\r\n" <nil>
	// a struct { Name string } has no encoding: convert it to a string, []byte, number or bool, or let it implement encoding.BinaryMarshaler
}
