-- Ask for one path with every key in turn, so that no key meets its rate limit.
--     wrk -s rotate.lua URL -- KEYS-FILE PATH [post|same BODY]
-- With "post" each request is a POST with an Idempotency-Key of its own, with "same" one without.  Prints one line: figures for bench.py.

local threads = 0

function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

function init(args)
    requests = {}
    at = 0
    posting = args[3] == "post"
    for key in io.lines(args[1]) do
        local headers = { ["Authorization"] = "Bearer " .. key }
        if posting then
            requests[#requests + 1] = headers
        elseif args[3] == "same" then
            headers["Content-Type"] = "application/json"
            requests[#requests + 1] = wrk.format("POST", args[2], headers, args[4])
        else
            requests[#requests + 1] = wrk.format("GET", args[2], headers)
        end
    end
    at = math.floor(#requests / 7) * id
    path = args[2]
    run = tostring(os.time()) .. "-" .. tostring(id) .. "-"
    body = args[4]
end

function request()
    at = at + 1
    local turn = requests[at % #requests + 1]
    if not posting then
        return turn
    end
    turn["Content-Type"] = "application/json"
    turn["Idempotency-Key"] = run .. at
    return wrk.format("POST", path, turn, body)
end

function done(summary, latency, requests)
    io.write(string.format("FIGURES %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.errors.status,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
        latency:percentile(50), latency:percentile(99), latency.max))
end
