// Makes the frame around a letter as tall as the letter, so that page and letter scroll as one.
for (const frame of document.querySelectorAll("iframe[data-letter]")) {
  const fit = () => {
    const letter = frame.contentDocument?.documentElement;
    if (letter) {
      frame.style.height = "0";
      frame.style.height = `${letter.scrollHeight}px`;
    }
  };
  frame.addEventListener("load", fit);
  new ResizeObserver(fit).observe(frame.parentElement);
  if (frame.contentDocument?.readyState === "complete") fit();
}
