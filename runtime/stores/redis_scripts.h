// What runs on the Redis server. All keys of a call are in one slot, so that a cluster takes it.
#pragma once

namespace aipol::stores {

// Of each gateway the hash `gateways` has "generation batch until": which of its connections is the
// present one, the last batch of it that was done, and until when (milliseconds of the server's
// clock) it is taken for alive.

// A new connection: what an older one still sends is void from here on.
//   KEYS  gateways          ARGV  gateway, generation, lease in milliseconds
//   gives the last batch that was done, and who is alive
inline constexpr const char* hello_script = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local mine = redis.call('HGET', KEYS[1], ARGV[1])
local batch = mine and string.match(mine, '^%d+ (%d+) ') or '0'
redis.call('HSET', KEYS[1], ARGV[1],
           string.format('%s %s %.0f', ARGV[2], batch, now + tonumber(ARGV[3])))
local all, alive = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  if tonumber(string.match(all[i + 1], '%d+$')) > now then alive[#alive + 1] = all[i] end
end
return {batch, table.concat(alive, ' ')}
)lua";

// Writes counters if all of them have the versions that the caller knows, else nothing.
//   KEYS  gateways, turn, counters…
//   ARGV  gateway, generation, batch, lease, whether it wants the turn (1, 0),
//         of each counter: the version it has (empty: there is none), what becomes of it (`is`:
//         nothing, `gone`, `for ever`, or the milliseconds that it lasts), its value
//   gives "done", or "changed" (versions differ), "busy" (another one has the turn), "stale"; who
//   is alive; then number and value of each counter that differs
// One that others come before again and again takes the turn: for 100 ms nobody else writes.
inline constexpr const char* commit_script = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local mine = redis.call('HGET', KEYS[1], ARGV[1])
if mine and tonumber(string.match(mine, '^%d+')) > tonumber(ARGV[2]) then return {'stale', ''} end
local turn = redis.call('GET', KEYS[2])
local status, differing = 'done', {}
if turn and turn ~= ARGV[1] then status = 'busy' end
for i = 3, #KEYS do
  if redis.call('GETRANGE', KEYS[i], 0, 15) ~= ARGV[3 * i - 3] then
    if status == 'done' then status = 'changed' end
    differing[#differing + 1] = i - 3
    differing[#differing + 1] = redis.call('GET', KEYS[i]) or ''
  end
end
local writes = #KEYS == 2
if status == 'done' then
  for i = 3, #KEYS do
    local becomes, value = ARGV[3 * i - 2], ARGV[3 * i - 1]
    if becomes == 'gone' then
      redis.call('DEL', KEYS[i])
    elseif becomes == 'for ever' then
      redis.call('SET', KEYS[i], value)
    elseif becomes ~= 'is' then
      redis.call('SET', KEYS[i], value, 'PX', becomes)
    end
    writes = writes or becomes ~= 'is'
  end
  if writes then
    redis.call('HSET', KEYS[1], ARGV[1],
               string.format('%s %s %.0f', ARGV[2], ARGV[3], now + tonumber(ARGV[4])))
  end
  if turn then redis.call('DEL', KEYS[2]) end
elseif ARGV[5] == '1' and not turn then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', 100)
end
local reply = {status, ''}
if status ~= 'done' or #KEYS == 2 then
  local all, alive = redis.call('HGETALL', KEYS[1]), {}
  for i = 1, #all, 2 do
    local last = tonumber(string.match(all[i + 1], '%d+$'))
    if last > now then
      alive[#alive + 1] = all[i]
    elseif status == 'done' and last + 3600000 < now then
      redis.call('HDEL', KEYS[1], all[i])
    end
  end
  reply[2] = table.concat(alive, ' ')
end
for i = 1, #differing do reply[i + 2] = differing[i] end
return reply
)lua";

}  // namespace aipol::stores
