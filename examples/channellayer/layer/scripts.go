package layer

import "github.com/futureio/futureio-go/redis"

// What lies in the list of a channel is a stamp of 13 digits, the server's time in milliseconds, and the message.
const stampSize = 13

// now is the server's time in milliseconds, in a script.
const now = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`

// push pushes one message to every channel that has room, and wakes the processes of those.
//
//	KEYS: the channels' lists
//	ARGV: message, expiry in ms, bytes of a key before the name of its channel, then for each key its capacity and the channel of its wake-ups
//
// It returns the numbers of the keys that were full. Expired messages make room, and only when there is none otherwise are they looked at.
var push = redis.NewScript(now + `
local stamped, expiry, skip = string.format('%013d', now) .. ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]) + 1
local full, wake = {}, {}
for i, key in ipairs(KEYS) do
	local n, capacity, channel = redis.call('LLEN', key), tonumber(ARGV[2 + 2 * i]), ARGV[3 + 2 * i]
	while n >= capacity do
		local oldest = redis.call('LINDEX', key, 0)
		if tonumber(string.sub(oldest, 1, 13)) + expiry > now then break end
		redis.call('LPOP', key)
		n = n - 1
	end
	if n >= capacity then
		full[#full + 1] = i
	else
		redis.call('RPUSH', key, stamped)
		redis.call('PEXPIRE', key, expiry)
		local names = wake[channel]
		if not names then
			names = {}
			wake[channel] = names
		end
		names[#names + 1] = string.sub(key, skip)
	end
end
for channel, names in pairs(wake) do
	redis.call('PUBLISH', channel, table.concat(names, '\n'))
end
return full
`)

// pop takes up to ARGV[1] messages that are not older than ARGV[2] ms from the channel KEYS[1].
var pop = redis.NewScript(now + `
local list, want, oldest = {}, tonumber(ARGV[1]), now - tonumber(ARGV[2])
while #list < want do
	local m = redis.call('LPOP', KEYS[1])
	if not m then break end
	if tonumber(string.sub(m, 1, 13)) > oldest then list[#list + 1] = m end
end
return list
`)

// putBack puts what pop has taken and nobody has received in front of the channel KEYS[1] again.
//
//	ARGV: expiry in ms, name of the channel, channel of its wake-ups, then the messages, the newest first
var putBack = redis.NewScript(`
for i = 4, #ARGV do redis.call('LPUSH', KEYS[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[2])
return #ARGV - 3
`)

// later notes the message ARGV[2] for delivery in ARGV[1] ms.
var later = redis.NewScript(now + `
return redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[2])
`)

// due lends what is due: who takes it has ARGV[2] ms to deliver and remove it, else it is due again. It returns up to ARGV[1] messages, and
// before them in how many ms the next one is due, -1 if there is none.
var due = redis.NewScript(now + `
local list = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, m in ipairs(list) do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), m) end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = '-1'
if first[2] then wait = tostring(math.max(tonumber(first[2]) - now, 0)) end
table.insert(list, 1, wait)
return list
`)

// enter notes for each pair of ARGV behind the first, channel and information, that it is present, for ARGV[1] ms.
//
//	KEYS: the times, the information
var enter = redis.NewScript(now + `
for i = 2, #ARGV, 2 do
	redis.call('ZADD', KEYS[1], now, ARGV[i])
	redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return 1
`)

// present lists who is present, by channel and information, and forgets those of whom nothing was heard for ARGV[1] ms.
var present = redis.NewScript(now + `
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]))
for _, channel in ipairs(gone) do
	redis.call('ZREM', KEYS[1], channel)
	redis.call('HDEL', KEYS[2], channel)
end
local list = {}
for _, channel in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
	list[#list + 1] = channel
	list[#list + 1] = redis.call('HGET', KEYS[2], channel) or ''
end
return list
`)
