let pen: CanvasRenderingContext2D | undefined;

/** Width of a text in pixels, in a CSS font of the page's own family: `600 13px`. */
export function textWidth(text: string, font: string): number {
  pen ??= document.createElement("canvas").getContext("2d")!;
  pen.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}
