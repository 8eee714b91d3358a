// The contents of the page: as they stand, or compressed where they are long.

function withContents(use) {
  const plain = document.getElementById("review-contents");
  if (plain) {
    use(plain.textContent);
    return;
  }
  const packed = document.getElementById("review-packed");
  if (typeof DecompressionStream === "undefined") {
    document.getElementById("panel").append(h("p", { class: "source", id: "too-old" }, packed.dataset.old));
    return;
  }
  unpacked(packed).then(use);
}

function unpacked(element) {
  const letters = atob(element.textContent.trim());
  const bytes = new Uint8Array(letters.length);
  for (let n = 0; n < letters.length; n++) bytes[n] = letters.charCodeAt(n);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

// What plans are tried out with is long, and wanted only when the page is drawn: it stands last.
function withRest(county, use) {
  const read = () => unpacked(document.getElementById("review-rest")).then((text) => use(JSON.parse(text).what_if));
  if (county.whatIf) use(county.whatIf);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", read, { once: true });
  else read();
}
