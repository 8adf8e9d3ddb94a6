import "./why.css";
