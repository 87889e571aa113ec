const base = process.env.CC_BASE!;
const key = process.env.CC_KEY!;
const res = await fetch(`${base}/api/v1/whoami`, {
headers: { "Authorization": `Bearer ${key}` },
});
const body = await res.json();
console.log(body.data);
