package redis

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis/commands"
)

// What is known of the commands under way is what a map would know, in whatever order they come and go.
func TestPatienceIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	cmds := make([]*commands.Cmd, 4)
	for i := range cmds {
		cmds[i] = new(commands.Cmd)
	}
	var p patience
	model := map[*commands.Cmd]time.Duration{}
	for step := range 10_000 {
		cmd := cmds[random.IntN(len(cmds))]
		if _, ok := model[cmd]; ok || random.IntN(3) == 0 {
			p.drop(cmd) // which may not be there
			delete(model, cmd)
		} else {
			wait := time.Duration(random.IntN(3))
			p.set(cmd, wait)
			model[cmd] = wait
			if wait == 0 {
				model[cmd] = forever
			}
		}
		if p.any() != (len(model) > 0) {
			t.Fatalf("step %d: any = %v of %d", step, p.any(), len(model))
		}
		for _, cmd := range cmds {
			want, blocks := model[cmd]
			if got, ok := p.of(cmd); ok != blocks || ok && got != want {
				t.Fatalf("step %d: of = %v, %v; want %v, %v", step, got, ok, want, blocks)
			}
		}
	}
}
