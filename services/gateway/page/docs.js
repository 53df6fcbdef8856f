SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "none",
  displayOperationId: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
