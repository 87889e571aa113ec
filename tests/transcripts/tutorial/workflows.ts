const r = await fetch(`${base}/api/v1/workflows?limit=5`, {
headers: { "Authorization": `Bearer ${key}` },
});
const { data, hasMore, nextCursor } = await r.json();
console.log(`${data.length} workflows, more=${hasMore}`);
