-- KEYS bucket  ARGV identity lease connection age(us) deadline(us) stamp(us, or 0)
-- -> {1 won | 0 taken | -1 late, stamp, record replaced or newer}
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
if now > tonumber(ARGV[5]) then return {-1} end    -- its lease may be dead, and the node have another by now
local cur = redis.call('HGET', KEYS[1], ARGV[1])
local lease, connection, held, mine
if cur then
  lease, connection, held = string.match(cur, '^(%S+) (%d+) (%d+)$')
  held = tonumber(held)
  cur = held and cur                             -- what is no record of ours counts for nothing
  mine = cur and connection == ARGV[3] and string.match(lease, '^[^.]+') == string.match(ARGV[2], '^[^.]+')
end
local stamp = tonumber(ARGV[6])
if mine then
  stamp = held                                   -- the answer was lost, or the node has a new lease
elseif stamp == 0 then
  stamp = now - tonumber(ARGV[4])
  if cur and held > now then stamp = held + 1 end -- the clock went back: later is what comes later
end
if cur and not mine and held >= stamp then return {0, string.format('%.0f', held), cur} end
local text = string.format('%.0f', stamp)         -- tostring() would give 1.7e+15
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. text)
return {1, text, not mine and cur or ''}
