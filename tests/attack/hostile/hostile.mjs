// What node gets at.  Exit code 100: it got through, and says how.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const targets = JSON.parse(fs.readFileSync(path.join(here, "targets.json"), "utf8"));
const mark = targets.mark.join("");

function through(how) {
    console.log(how);
    process.exit(100);
}

function reach(options) {
    const socket = net.connect({ ...options, timeout: 2000 });
    socket.on("connect", () => through(JSON.stringify(options)));
    socket.on("error", (e) => { console.log(e.code); process.exit(1); });
    socket.on("timeout", () => { console.log("timeout"); process.exit(1); });
}

const ways = {
    secrets() {
        for (const file of targets.files) {
            try {
                fs.readFileSync(file);
                through(file);
            } catch (e) { console.log(e.code); }
        }
    },
    connect() { reach({ host: "127.0.0.1", port: targets.port }); },
    unix() { reach({ path: "\0" + targets.abstract[0] }); },
    proc() {
        for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
            try {
                const text = fs.readFileSync(`/proc/${pid}/environ`, "utf8") + fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
                if (text.includes(mark)) through(pid);
            } catch (e) { console.log(e.code); }
    },
    env() { if (JSON.stringify(process.env).includes(mark)) through("process.env"); },
};
ways[process.argv[2]]();
