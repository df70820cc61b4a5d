// Without this script every response is shown; with it a reader finds the one that they look for.
const form = document.getElementById("find");
const responses = [...document.querySelectorAll("[data-outcome]")];
function show() {
  const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = responses.filter((response) => {
    const text = response.textContent.toLowerCase();
    const isFound = words.every((word) => text.includes(word))
      && ["", response.dataset.outcome].includes(form.outcome.value)
      && ["", response.dataset.year].includes(form.year.value);
    response.hidden = !isFound;
    return isFound;
  });
  document.getElementById("found").textContent = `${found.length} of ${responses.length} shown`;
}
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
show();
