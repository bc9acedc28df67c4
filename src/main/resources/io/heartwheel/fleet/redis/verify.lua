-- KEYS bucket  ARGV lease full(1|0) deadline(us) {identity connection stamp ...}
-- -> {{identity, record, ...} of what is another connection's: kept, but for older ones of this node,
-- {lease, ...} of others, if full}, or nil if late: the node may own something else by now
local t = redis.call('TIME')
if t[1] * 1000000 + t[2] > tonumber(ARGV[3]) then return false end
local mine = string.match(ARGV[1], '^[^.]+')
local others, named, leases = {}, {}, {}
for i = 4, #ARGV, 3 do
  local identity, connection, stamp = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  named[identity] = true
  local cur = redis.call('HGET', KEYS[1], identity)
  local lease, other, held
  if cur then
    lease, other, held = string.match(cur, '^(%S+) (%d+) (%d+)$')
    held = tonumber(held)
  end
  local own = held and string.match(lease, '^[^.]+') == mine
  local same = own and other == connection
  if held and not same then
    others[#others + 1] = identity
    others[#others + 1] = cur
  end
  if not held or same or own and held < tonumber(stamp) then
    if same and held > tonumber(stamp) then stamp = string.format('%.0f', held) end
    local record = ARGV[1] .. ' ' .. connection .. ' ' .. stamp
    if cur ~= record then redis.call('HSET', KEYS[1], identity, record) end
  end
end
if ARGV[2] == '1' then
  local all = redis.call('HGETALL', KEYS[1])
  local seen = {}
  for i = 1, #all, 2 do
    if string.match(all[i + 1], '^[^. ]+') == mine then
      if not named[all[i]] then redis.call('HDEL', KEYS[1], all[i]) end
    else
      local lease = string.match(all[i + 1], '^(%S+) %d+ %d+$')
      if lease and not seen[lease] then
        seen[lease] = true
        leases[#leases + 1] = lease
      end
    end
  end
  redis.call('PEXPIRE', KEYS[1], 3600000)           -- a fleet that is gone leaves nothing
end
return {others, leases}
