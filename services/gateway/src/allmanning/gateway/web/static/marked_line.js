// A page of the original is a picture: where its marked lines are, only its colours tell.
const WIDTH = 200;

/** How far down in the picture the first line is that is marked in sun yellow, in 0..1; 0 when none is. */
export async function markedLine(picture) {
  try {
    await picture.decode();
  } catch {
    return 0;
  }
  const height = Math.round((WIDTH * picture.naturalHeight) / picture.naturalWidth);
  const context = new OffscreenCanvas(WIDTH, height).getContext("2d");
  context.drawImage(picture, 0, 0, WIDTH, height);
  const { data } = context.getImageData(0, 0, WIDTH, height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    // As the sun of the faces, and lighter or darker where letters have been made smaller.
    const yellow = data[at] > 190 && data[at + 1] > 140 && data[at + 2] < 150 && data[at] - data[at + 2] > 80;
    // One such point may be of a picture; some in a row are of a line.
    found = yellow ? found + 1 : 0;
    if (found > WIDTH / 20) return at / 4 / WIDTH / height;
  }
  return 0;
}
