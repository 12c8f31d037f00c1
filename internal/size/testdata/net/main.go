// Net dials with net and with tls, as every client of a server does: the size that a program with a client is compared with.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", os.Args[1])
	fmt.Println(plain, err)
	secure, err := tls.Dial("tcp", os.Args[1], &tls.Config{})
	fmt.Println(secure, err)
}
