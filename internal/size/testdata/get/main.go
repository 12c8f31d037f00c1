// Get calls one GET.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/futureio/futureio-go/redis"
)

func main() {
	client := redis.New(redis.Options{Addr: os.Args[1]})
	defer client.Close()
	v, err := client.Get("key").Await(context.Background())
	fmt.Println(v, err)
}
